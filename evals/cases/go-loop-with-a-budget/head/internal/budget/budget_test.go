package budget

import "testing"

func TestTheEleventhStepIsRefused(t *testing.T) {
	var b Budget
	for range MaxSteps {
		if err := b.Take(1); err != nil {
			t.Fatal(err)
		}
	}
	if b.Take(1) == nil {
		t.Fatal("an eleventh step was allowed")
	}
}

func TestTokensRunOutBeforeSteps(t *testing.T) {
	var b Budget
	if b.Take(MaxTokens) != nil || b.Take(1) == nil {
		t.Fatal("the limit on tokens does not hold")
	}
}
