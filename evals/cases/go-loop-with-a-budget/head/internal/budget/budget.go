// Package budget limits what one run may take.
package budget

import "errors"

const (
	// MaxSteps is the number of calls to the model in one run.
	MaxSteps = 10
	// MaxTokens is what a run may read and write in all; nine of ten runs need less than half.
	MaxTokens = 60_000
)

// ErrSpent says that the budget of a run is spent.
var ErrSpent = errors.New("the budget of this run is spent")

// Budget is what is left of a run's limits. It begins full.
type Budget struct {
	steps, tokens int
}

// Take pays for a step, of which the last answer took so many tokens.
func (b *Budget) Take(tokens int) error {
	b.steps++
	b.tokens += tokens
	if b.steps > MaxSteps || b.tokens > MaxTokens {
		return ErrSpent
	}
	return nil
}
