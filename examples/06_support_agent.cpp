// A support agent with two tools: one looks an order up, the other gives money back, and is asked for first.
// docs/tutorial-support-agent.md goes through it line by line.
#include <cortex/cortex.hpp>
#include <cortex/describe.hpp>

#include <iostream>
#include <map>
#include <string>

struct FindOrder {
    std::string order_id;
};
template <>
inline constexpr auto cortex::describe<FindOrder> =
    cortex::fields(cortex::field(&FindOrder::order_id, "order_id", "As on the receipt, e.g. A-1001").pattern("^[A-Z]-[0-9]+$"));

struct Order {
    std::string item;
    double paid = 0.0;
    bool delivered = false;
};
template <>
inline constexpr auto cortex::describe<Order> =
    cortex::fields(cortex::field(&Order::item, "item", ""), cortex::field(&Order::paid, "paid", "In euros"),
                   cortex::field(&Order::delivered, "delivered", ""));

struct Refund {
    std::string order_id;
    double amount = 0.0;
};
template <>
inline constexpr auto cortex::describe<Refund> =
    cortex::fields(cortex::field(&Refund::order_id, "order_id", "As on the receipt, e.g. A-1001"),
                   cortex::field(&Refund::amount, "amount", "In euros").range(0.01, 500.0));

int main() {
    std::map<std::string, Order> orders{{"A-1001", {.item = "teapot", .paid = 19.90, .delivered = true}}};

    auto find_order = cortex::make_tool<FindOrder>("find_order", "Looks an order up by its number.", [&](const FindOrder& wanted) {
        const auto found = orders.find(wanted.order_id);
        if (found == orders.end()) throw std::runtime_error("there is no order " + wanted.order_id);
        return found->second;   // a described struct goes to the model as JSON
    });
    auto refund_order = cortex::make_tool<Refund>("refund_order", "Gives money back for an order.", [&](const Refund& refund) {
        orders.at(refund.order_id).paid -= refund.amount;
        return std::string("refunded");
    });
    refund_order.approve = [](const cortex::ToolCall& call) {
        std::cerr << "[approval] " << call.name << " for " << cortex::decode<Refund>(call.arguments).order_id << '\n';
        return cortex::Approval::allow();   // ask a person here; deny("why") and edit("{...}") are the other answers
    };

    cortex::Engine engine{{.orchestrator_model = "claude-sonnet-4-5", .worker_model = "claude-haiku-4-5"}};
    auto session = engine
                       .create_agent({.name = "support",
                                      .system_prompt = "You help customers of a tea shop. Look orders up before you speak about them.",
                                      .tools = {find_order, refund_order}})
                       .start_session({.user_id = "customer_7"});

    auto stream = session.run_stream("My teapot from order A-1001 arrived broken. I want my money back.");
    for (const auto& chunk : stream) {
        if (chunk.chunk_type == cortex::ChunkType::tool_execution)
            for (const auto& name : chunk.tools) std::cout << "[calls] " << name << '\n';
        if (chunk.chunk_type == cortex::ChunkType::tool_result)
            std::cout << "[result] " << chunk.tool_name << (chunk.success ? " succeeded" : " failed") << '\n';
        std::cout << chunk.content;
    }
    const auto metadata = stream.response().metadata;
    std::cout << "\nrounds: " << metadata.steps_taken << ", calls that ran: " << metadata.tools_called.size()
              << ", left of the payment: " << orders.at("A-1001").paid << '\n';

    const auto thanks = session.run("Thanks!");
    std::cout << thanks.content << "\nanswered by the " << thanks.metadata.routing.role << '\n';
    session.close();
}
