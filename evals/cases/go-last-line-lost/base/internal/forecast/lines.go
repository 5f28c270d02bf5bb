// Package forecast reads the forecast of a day.
package forecast

import "strings"

// Newest returns at most n lines of a forecast, the newest, in their order.
func Newest(text string, n int) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) <= n {
		return lines
	}
	return lines[len(lines)-n : len(lines)-1]
}
