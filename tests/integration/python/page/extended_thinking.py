engine = cortex.Engine(
    providers={
        "anthropic": {
            "api_key": "sk-ant-...",
            "default_model": "claude-sonnet-4-5",
        },
    },
    orchestrator_model="claude-sonnet-4-5",
)
