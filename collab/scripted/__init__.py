"""An OpenAI-compatible server with a known truth: its replies are a pure function of the request.

A tool for tests, benches and planning. It measures the harness, never a method: no number of it says anything about
memory.
"""
