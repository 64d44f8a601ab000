async for chunk in session.run_stream("Explain quantum computing in simple terms."):
    print(chunk.content, end="")
