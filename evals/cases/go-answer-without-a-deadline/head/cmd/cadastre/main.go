package main

import (
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/ollama/ollama/api"

	"example.com/cadastre/internal/history"
	"example.com/cadastre/internal/web"
)

func main() {
	base, err := url.Parse(os.Getenv("OLLAMA_URL"))
	if err != nil {
		log.Fatal(err)
	}
	ask := web.Ask{Client: api.NewClient(base, &http.Client{}), History: history.Open(os.Getenv("HISTORY_DB"))}
	server := &http.Server{Addr: ":8080", Handler: web.Deadline(ask), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
