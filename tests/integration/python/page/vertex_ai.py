engine = cortex.Engine(
    providers={
        "anthropic": {
            "vertex_ai": True,
            "project": "your-project-id",
            "location": "us-east5",   # optional, defaults to us-east5
            "default_model": "claude-sonnet-4-5@20250514",
        },
    },
    orchestrator_model="claude-sonnet-4-5@20250514",
)
