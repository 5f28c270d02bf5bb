// Package plan plans detours.
package plan

import (
	"context"
	"errors"

	"example.com/detours/internal/model"
)

const maxSteps = 10

// ErrNoPlan says that the model found no plan in time. The planner then draws it by hand.
var ErrNoPlan = errors.New("no plan")

// Tools run what the model asks for; none of them changes anything.
type Tools map[string]func(ctx context.Context, argument string) string

// Detour returns a plan for the planner, who checks it before signs are put up.
func Detour(ctx context.Context, m model.Model, tools Tools, closed string) (string, error) {
	said := []string{"Plan a detour around " + closed}
	for step := 0; step < maxSteps; step++ {
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
		said = append(said, tool(ctx, next.Argument))
	}
	return "", ErrNoPlan
}
