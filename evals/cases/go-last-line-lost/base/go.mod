module example.com/pollen

go 1.25

require github.com/openai/openai-go/v3 v3.8.1
