// Package model is the boundary to the provider.
package model

import "context"

// Step is what the model wants: a tool with an argument, or the plan.
type Step struct {
	Tool, Argument string
	Plan           string
	Tokens         int
}

// Model answers within thirty seconds or fails.
type Model interface {
	Next(ctx context.Context, said []string) (Step, error)
}
