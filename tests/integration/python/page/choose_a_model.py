engine = cortex.Engine(
    providers={"anthropic": {"api_key": "sk-ant-..."}},
    orchestrator_model="claude-opus-4-6",      # (1)!
    worker_model="claude-haiku-4-5",           # (2)!
)
