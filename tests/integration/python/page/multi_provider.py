engine = cortex.Engine(
    providers={
        "anthropic": {"api_key": "sk-ant-...", "default_model": "claude-sonnet-4-5"},
        "gemini": {"api_key": "AIza...", "default_model": "gemini-3-pro-preview"},
    },
    orchestrator_model="claude-opus-4-6",
    worker_model="gemini-3-flash-preview",
)
