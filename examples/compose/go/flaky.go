// A CloudEvents sink with Go's standard library alone: it fails twice for each event and then takes it.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"sync"
)

var (
	lock     sync.Mutex
	attempts = map[string]int{}
)

// An attribute of the event is a header of the request: ce-id.
func answer(response http.ResponseWriter, request *http.Request) {
	_, _ = io.Copy(io.Discard, request.Body)
	id := request.Header.Get("ce-id")
	lock.Lock()
	attempts[id]++
	attempt := attempts[id]
	if attempt == 3 {
		delete(attempts, id)
	}
	lock.Unlock()
	status := http.StatusServiceUnavailable
	if attempt == 3 {
		status = http.StatusOK
	}
	fmt.Printf("%s, attempt %d, is answered with %d\n", id, attempt, status)
	response.WriteHeader(status)
}

func main() {
	log.Fatal(http.ListenAndServe(":8080", http.HandlerFunc(answer)))
}
