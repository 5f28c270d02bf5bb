// Package clauses finds clauses in rental contracts.
package clauses

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ollama/ollama/api"
)

const (
	model   = "llama3.1:8b-instruct-q8_0"
	longest = 90 * time.Second
)

var schema = json.RawMessage(`{"type":"object","properties":{"notice":{"type":"string"}},"required":["notice"]}`)

// Notice returns the sentence of a contract that says how it is ended. It must be in the contract word for word.
func Notice(ctx context.Context, client *api.Client, contract string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	var text strings.Builder
	request := &api.GenerateRequest{
		Model:   model,
		Prompt:  "Copy the sentence that says how this contract is ended.\n\n" + contract,
		Format:  schema,
		Options: map[string]any{"num_ctx": 16384, "temperature": 0},
	}
	err := client.Generate(ctx, request, func(part api.GenerateResponse) error {
		text.WriteString(part.Response)
		return nil
	})
	if err != nil {
		return "", err
	}
	var found struct{ Notice string }
	if err := json.Unmarshal([]byte(text.String()), &found); err != nil {
		return "", err
	}
	if !strings.Contains(contract, found.Notice) {
		return "", fmt.Errorf("the model did not copy a sentence")
	}
	return found.Notice, nil
}
