// Package meter computes what was used from readings.
package meter

// Used returns the litres between two readings. A reading below the one before is of an exchanged meter.
func Used(before, now int64) int64 {
	if now < before {
		return now
	}
	return now - before
}
