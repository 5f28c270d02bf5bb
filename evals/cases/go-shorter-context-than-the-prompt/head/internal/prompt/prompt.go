// Package prompt builds what the model is shown.
package prompt

import "strings"

// MaxTokens is how much of the timetable a prompt may hold. It leaves room for a question and an answer.
const MaxTokens = 24000

// bytesPerToken is what our timetables need on average; digits need more tokens than words do.
const bytesPerToken = 3

// Build joins the question and as many lines of the timetable as fit, the nearest stops first.
func Build(question string, lines []string) string {
	var b strings.Builder
	b.WriteString(question)
	for _, line := range lines {
		if b.Len()+len(line) > MaxTokens*bytesPerToken {
			break
		}
		b.WriteString("\n")
		b.WriteString(line)
	}
	return b.String()
}
