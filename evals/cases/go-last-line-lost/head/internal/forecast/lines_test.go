package forecast

import (
	"slices"
	"testing"
)

func TestAShortForecastIsTakenWhole(t *testing.T) {
	if got := Newest("morning: birch\nnoon: ash\n", 5); len(got) != 2 {
		t.Fatalf("got %q", got)
	}
}

func TestTheEveningIsTheLastOfTheNewest(t *testing.T) {
	got := Newest("morning: birch\nnoon: ash\nevening: grass\n", 2)
	if want := []string{"noon: ash", "evening: grass"}; !slices.Equal(got, want) {
		t.Fatalf("got %q", got)
	}
}
