"""Limits on money and tokens, and what an engine tells it spent."""

import pytest

import cortex

KEY = "sk-ant-api03-Zq7vKx2mWp9RtY4nLc8BdF1hGs6JuE3a"


@pytest.fixture
def make(emulator):
    def agent(model="claude-haiku-4-5", **budgets):
        engine = cortex.Engine(providers={"anthropic": {"api_key": KEY}}, orchestrator_model=model, max_retries=0, failover=False, budgets=budgets)
        return engine, engine.create_agent("a")

    return agent


def used(response):
    return response.metadata.tokens_used


def test_a_limit_that_a_turn_cannot_keep_refuses_it_before_a_request(make, emulator):
    for limit in ("call", "run", "session", "user", "engine"):
        for kind, value in (("usd", 1e-9), ("tokens", 1)):
            _, agent = make(**{f"{limit}_{kind}": value})
            with pytest.raises(cortex.BudgetExceededError) as caught:
                agent.start_session().run_sync("Hello")
            assert limit in str(caught.value) or (limit == "run" and "turn" in str(caught.value)), str(caught.value)
            assert not caught.value.retryable
    assert emulator.requests() == []


def turns_until_refused(ask):
    for count in range(50):
        try:
            ask()
        except cortex.BudgetExceededError:
            return count
    raise AssertionError("the limit refused none of 50 turns")


def hello(session):
    return session.run_sync("Hello", max_tokens=20)


def test_a_sessions_limit_holds_for_that_session_alone(make):
    _, agent = make(session_tokens=300)
    session = agent.start_session()
    assert turns_until_refused(lambda: hello(session)) > 0
    with pytest.raises(cortex.BudgetExceededError) as caught:
        hello(session)
    assert "session" in str(caught.value)
    assert hello(agent.start_session()).content


def test_a_users_limit_holds_over_that_users_sessions(make):
    _, agent = make(user_tokens=300)
    assert turns_until_refused(lambda: hello(agent.start_session(user_id="ann"))) > 1
    with pytest.raises(cortex.BudgetExceededError) as caught:
        hello(agent.start_session(user_id="ann"))
    assert "user" in str(caught.value) and "ann" in str(caught.value)
    assert hello(agent.start_session(user_id="bob")).content


def test_an_engines_limit_holds_over_all_users(make):
    _, agent = make(engine_tokens=300)
    assert turns_until_refused(lambda: hello(agent.start_session(user_id="ann"))) > 1
    with pytest.raises(cortex.BudgetExceededError):
        hello(agent.start_session(user_id="bob"))


def test_money_is_never_passed(make):
    limit = 0.003
    engine, agent = make(engine_usd=limit)
    session = agent.start_session()
    assert turns_until_refused(lambda: hello(session)) > 1
    assert 0 < engine.costs()["total"]["cost_usd"] <= limit


def test_a_warning_comes_once_when_four_fifths_are_gone(make):
    _, agent = make(user_tokens=1500)
    told = []
    turns_until_refused(lambda: told.extend(agent.start_session().run_sync("ANSWER_WORDS: 60", max_tokens=600).metadata.notices))
    (warning,) = [notice for notice in told if "80 %" in notice]
    assert "user" in warning and "1500" in warning.replace(",", "")


def test_a_model_without_a_price_is_refused_by_a_limit_on_money_only(emulator):
    server = {"vllm": {"base_url": f"{emulator.base_url}/v1", "default_model": "my-model"}}
    free = cortex.Engine(providers=server, budgets={"session_tokens": 100_000})
    assert free.create_agent("a").start_session().run_sync("Hello").metadata.cost_usd is None
    emulator.reset()
    paid = cortex.Engine(providers=server, budgets={"session_usd": 100.0})
    with pytest.raises(cortex.BudgetExceededError) as caught:
        paid.create_agent("a").start_session().run_sync("Hello")
    assert "price" in str(caught.value)
    assert emulator.requests() == []


def test_a_turns_own_limit_is_as_good(make, emulator):
    _, agent = make()
    with pytest.raises(cortex.BudgetExceededError):
        agent.start_session().run_sync("Hello", max_cost=1e-9)
    assert emulator.requests() == []


@pytest.mark.parametrize("budgets, word", [({"session_usd": 0}, "above 0"), ({"session_usd": "much"}, "US dollars"), ({"user_tokens": 1.5}, "tokens"),
                                           ({"sesion_usd": 1}, "session_usd"), (3, "budgets")])
def test_a_wrong_limit_is_a_config_error_that_says_what_is_right(budgets, word):
    with pytest.raises(cortex.ConfigError) as caught:
        cortex.Engine(providers={"anthropic": {"api_key": KEY}}, budgets=budgets)
    assert word in str(caught.value)


# --- What was spent ---------------------------------------------------------------------------------------------------------------


def test_an_engine_that_did_nothing_spent_nothing(make):
    costs = make()[0].costs()
    assert costs["total"]["calls"] == 0 and costs["total"]["cost_usd"] == 0.0
    assert costs["lines"] == costs["by_user"] == costs["by_model"] == costs["by_provider"] == []


def test_the_report_is_the_sum_of_the_turns(make):
    engine, agent = make()
    responses = [agent.start_session(user_id=user).run_sync(text) for user, text in (("ann", "Hello"), ("bob", "Good morning!"), ("ann", "Thanks"))]
    costs = engine.costs()
    total = costs["total"]
    assert total["calls"] == 3 and total["input_tokens"] + total["output_tokens"] == sum(map(used, responses))
    assert total["cost_usd"] == pytest.approx(sum(response.metadata.cost_usd for response in responses))
    assert {line["user_id"]: line["calls"] for line in costs["by_user"]} == {"ann": 2, "bob": 1}
    assert sum(line["cost_usd"] for line in costs["lines"]) == pytest.approx(total["cost_usd"])
    assert all(line["provider"] == "anthropic" and line["model"].startswith("claude-haiku-4-5") for line in costs["lines"])


def test_calls_that_failed_or_broke_off_are_counted_too(make, emulator):
    engine, agent = make()
    emulator.script({"error": {"status": 529}}, {"text": "A long story. " * 50, "cut_after_bytes": 1500})
    with pytest.raises(cortex.ServiceUnavailableError):
        agent.start_session().run_sync("Hello")
    failed = engine.costs()["total"]
    assert failed["calls"] == 1 and failed["cost_usd"] == 0.0 and failed["unknown_cost_calls"] == 0
    with pytest.raises(cortex.NetworkError):
        list(agent.start_session().run_stream_sync("Hello"))
    assert engine.costs()["total"]["calls"] == 2


def test_a_report_is_a_copy(make):
    engine, agent = make()
    before = engine.costs()
    agent.start_session().run_sync("Hello")
    assert before["total"]["calls"] == 0 and engine.costs()["total"]["calls"] == 1


@pytest.fixture
def asking(emulator):
    def agent(on_budget, **budgets):
        return cortex.Engine(providers={"anthropic": {"api_key": KEY}}, orchestrator_model="claude-haiku-4-5", budgets=budgets or {"session_tokens": 10},
                             on_budget=on_budget).create_agent("a")

    return agent


def test_a_callback_may_raise_a_limit(asking, emulator):
    questions = []

    def allow(question):
        questions.append(question)
        return {"tokens": 5_000}

    session = asking(allow).start_session(user_id="ann")
    assert session.run_sync("Hello", max_tokens=20).content == "You said: Hello"
    (question,) = questions
    assert (question.scope, question.unit, question.limit, question.spent) == ("session", "tokens", 10, 0)
    assert (question.user_id, question.session_id, question.model) == ("ann", session.session_id, "claude-haiku-4-5")
    assert question.needed > 10 and "session" in question.message
    assert session.run_sync("Hello", max_tokens=20).content  # what was allowed is allowed for good
    assert len(questions) == 1


def test_a_callback_is_asked_in_money_and_may_be_async(asking):
    import asyncio

    async def allow(question):
        await asyncio.sleep(0)
        assert question.unit == "usd" and question.limit == pytest.approx(1e-6)
        return 0.5

    async def turn():
        session = asking(allow, user_usd=1e-6).start_session()
        pieces = [chunk.content async for chunk in session.run_stream("Hello")]
        return (await session.run("Hello again")).content, "".join(pieces)

    assert asyncio.run(turn()) == ("You said: Hello again", "You said: Hello")
    assert asking(allow, user_usd=1e-6).start_session().run_sync("Hello").content  # an async one serves blocking calls too


def test_a_callback_that_allows_nothing_leaves_the_limit(asking, emulator):
    with pytest.raises(cortex.BudgetExceededError) as caught:
        asking(lambda question: None).start_session().run_sync("Hello")
    assert caught.value.__cause__ is None
    assert emulator.requests() == []


@pytest.mark.parametrize("answer", ["much", True, {"usd": "1"}, {"euros": 1}, {"tokens": 1.5}, {"tokens": True}])
def test_a_callback_that_answers_nonsense_is_told_so(asking, answer):
    with pytest.raises(cortex.BudgetExceededError) as caught:
        asking(lambda question: answer).start_session().run_sync("Hello")
    assert isinstance(caught.value.__cause__, TypeError) and "on_budget returned" in str(caught.value.__cause__)


def test_a_callback_that_raises_is_the_cause(asking):
    def broken(question):
        raise RuntimeError("nobody is in the office")

    with pytest.raises(cortex.BudgetExceededError) as caught:
        asking(broken).start_session().run_sync("Hello")
    assert "office" in str(caught.value.__cause__)


def test_a_turn_that_times_out_while_it_asks_is_a_timeout(asking):
    import threading

    released = threading.Event()
    with pytest.raises(cortex.TimeoutError):
        asking(lambda question: released.wait(0.5) and None).start_session().run_sync("Hello", timeout=0.1)


def test_on_budget_must_be_a_function():
    with pytest.raises(cortex.ConfigError, match="on_budget is of type int"):
        cortex.Engine(providers={"anthropic": {"api_key": KEY}}, on_budget=3)
