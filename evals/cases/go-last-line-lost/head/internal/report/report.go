// Package report writes the pollen report.
package report

import (
	"context"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"

	"example.com/pollen/internal/forecast"
)

const rules = "Write the pollen report of the day in three sentences. Name every plant of the forecast."

// Write returns the report for an editor, who reads it before it is published.
func Write(ctx context.Context, client openai.Client, text string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	reply, err := client.Responses.New(ctx, responses.ResponseNewParams{
		Model:        "gpt-5-nano-2025-08-07",
		Instructions: openai.String(rules),
		Input: responses.ResponseNewParamsInputUnion{
			OfString: openai.String(strings.Join(forecast.Newest(text, 8), "\n")),
		},
		Store: openai.Bool(false),
	})
	if err != nil {
		return "", err
	}
	return reply.OutputText(), nil
}
