// Package model calls the model server.
package model

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: 30 * time.Second}

type completion struct {
	Choices []struct {
		Text string `json:"text"`
	} `json:"choices"`
}

// Complete returns the model's answer to a prompt.
func Complete(ctx context.Context, url, prompt string) (string, error) {
	body, err := json.Marshal(map[string]any{"model": "/models/timetable-8b", "prompt": prompt, "max_tokens": 400})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	reply, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return "", fmt.Errorf("model server: %s", reply.Status)
	}
	var done completion
	if err := json.NewDecoder(reply.Body).Decode(&done); err != nil {
		return "", err
	}
	if len(done.Choices) == 0 {
		return "", fmt.Errorf("model server: no answer")
	}
	return done.Choices[0].Text, nil
}
