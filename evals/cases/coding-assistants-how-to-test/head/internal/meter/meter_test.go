package meter

import "testing"

func TestAnExchangedMeterStartsAtZero(t *testing.T) {
	if got := Used(900, 20); got != 20 {
		t.Fatalf("got %d litres", got)
	}
}
