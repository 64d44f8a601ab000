import cortex

engine = cortex.Engine(
    providers={
        "anthropic": {"api_key": "sk-ant-api03-..."},
    },
)
