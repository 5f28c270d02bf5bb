package forecast

import "testing"

func TestAShortForecastIsTakenWhole(t *testing.T) {
	if got := Newest("morning: birch\nnoon: ash\n", 5); len(got) != 2 {
		t.Fatalf("got %q", got)
	}
}
