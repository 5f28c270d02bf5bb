module example.com/clauses

go 1.25

require github.com/ollama/ollama v0.12.10
