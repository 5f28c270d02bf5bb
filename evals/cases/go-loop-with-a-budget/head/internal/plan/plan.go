// Package plan plans detours.
package plan

import (
	"context"
	"errors"

	"example.com/detours/internal/budget"
	"example.com/detours/internal/model"
)

// ErrNoPlan says that the model found no plan in time. The planner then draws it by hand.
var ErrNoPlan = errors.New("no plan")

// Tools run what the model asks for; none of them changes anything.
type Tools map[string]func(ctx context.Context, argument string) string

// Detour returns a plan for the planner, who checks it before signs are put up.
func Detour(ctx context.Context, m model.Model, tools Tools, closed string) (string, error) {
	said := []string{"Plan a detour around " + closed}
	var left budget.Budget
	for tokens := 0; ; {
		if left.Take(tokens) != nil {
			return "", ErrNoPlan
		}
		next, err := m.Next(ctx, said)
		if err != nil {
			return "", err
		}
		if next.Plan != "" {
			return next.Plan, nil
		}
		tool, ok := tools[next.Tool]
		if !ok {
			return "", ErrNoPlan
		}
		tokens = next.Tokens
		said = append(said, tool(ctx, next.Argument))
	}
}
