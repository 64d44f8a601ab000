engine = cortex.Engine(
    providers={
        "anthropic": {
            "bedrock": True,
            "aws_region": "us-west-2",   # optional, defaults to us-east-1
            "default_model": "anthropic.claude-sonnet-4-5-20250514-v1:0",
        },
    },
    orchestrator_model="anthropic.claude-sonnet-4-5-20250514-v1:0",
)
