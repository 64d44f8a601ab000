"""A support agent with two tools: one looks an order up, the other gives money back, and is asked for first.

docs/tutorial-support-agent.md goes through it line by line."""

import asyncio
import sys
from dataclasses import dataclass
from typing import Annotated

import cortex


@dataclass
class Order:
    item: str
    paid: float
    delivered: bool


ORDERS = {"A-1001": Order(item="teapot", paid=19.90, delivered=True)}


@cortex.tool(description="Looks an order up by its number.")
async def find_order(order_id: Annotated[str, "As on the receipt, e.g. A-1001"]) -> Order:
    if order_id not in ORDERS:
        raise LookupError(f"there is no order {order_id}")
    return ORDERS[order_id]  # a dataclass goes to the model as JSON


def ask(call):
    print(f"[approval] {call.name} for {call.arguments['order_id']}", file=sys.stderr)
    return True  # ask a person here; a reason (str) denies, a dict of arguments edits


@cortex.tool(description="Gives money back for an order.", approve=ask)
def refund_order(order_id: str, amount: Annotated[float, "In euros", {"minimum": 0.01, "maximum": 500}]) -> str:
    ORDERS[order_id].paid -= amount
    return "refunded"


async def main():
    engine = cortex.Engine(orchestrator_model="claude-sonnet-4-5", worker_model="claude-haiku-4-5")
    agent = engine.create_agent(
        name="support",
        system_prompt="You help customers of a tea shop. Look orders up before you speak about them.",
        tools=[find_order, refund_order],
    )
    session = agent.start_session(user_id="customer_7")

    stream = session.run_stream("My teapot from order A-1001 arrived broken. I want my money back.")
    async for chunk in stream:
        if chunk.chunk_type == "tool_execution":
            for name in chunk.tool_call_delta["tools"]:
                print(f"[calls] {name}")
        elif chunk.chunk_type == "tool_result":
            print(f"[result] {chunk.tool_call_delta['tool_name']}", "succeeded" if chunk.tool_call_delta["success"] else "failed")
        print(chunk.content, end="")
    print(f"\nrounds: {stream.metadata.steps_taken}, calls that ran: {len(stream.metadata.tools_called)}, "
          f"left of the payment: {ORDERS['A-1001'].paid:.2f}")

    thanks = await session.run("Thanks!")
    print(thanks.content)
    print(f"answered by the {thanks.metadata.routing.role}")
    await session.close()


asyncio.run(main())
