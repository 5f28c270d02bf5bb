// Package web serves the clerks' page.
package web

import (
	"context"
	"net/http"
	"time"
)

const longest = 60 * time.Second

// Deadline gives each request sixty seconds, the calls that it makes included.
func Deadline(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), longest)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
