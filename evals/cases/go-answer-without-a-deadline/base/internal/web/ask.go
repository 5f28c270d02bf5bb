package web

import (
	"fmt"
	"net/http"

	"github.com/ollama/ollama/api"
)

const model = "qwen2.5:14b-instruct-q8_0"

// History keeps the answers of a clerk.
type History interface {
	Add(clerk, question, answer string) error
}

// Ask answers a clerk's question about a plot.
type Ask struct {
	Client  *api.Client
	History History
}

func (a Ask) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	question := r.FormValue("question")
	var answer string
	err := a.Client.Generate(r.Context(), &api.GenerateRequest{Model: model, Prompt: question},
		func(part api.GenerateResponse) error {
			answer += part.Response
			return nil
		})
	if err != nil {
		http.Error(w, "No answer right now. Please ask again.", http.StatusBadGateway)
		return
	}
	if err := a.History.Add(r.Header.Get("X-Clerk"), question, answer); err != nil {
		http.Error(w, "The answer could not be kept.", http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, answer)
}
