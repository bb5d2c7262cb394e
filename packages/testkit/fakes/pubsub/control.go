package main

import (
	"encoding/json"
	"net/http"
)

// control is what tests ask beside Google's API:
//
//	GET  /counters  counters by the full name of a subscription
//	POST /expire    all deadlines have passed: what is delivered and not acknowledged comes again
//	POST /faults    {"lossy": 0.1, "again": 0.1}: acknowledgements that count as nacks, deliveries that come again
func (b *broker) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /counters", func(w http.ResponseWriter, _ *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		all := map[string]json.RawMessage{}
		for name, counts := range b.counts {
			counts.mu.Lock()
			all[name] = must(json.Marshal(counts))
			counts.mu.Unlock()
		}
		w.Header().Set("content-type", "application/json")
		_ = json.NewEncoder(w).Encode(all)
	})
	mux.HandleFunc("POST /expire", func(w http.ResponseWriter, r *http.Request) {
		for name, ids := range b.held() {
			_, _ = b.deadline(r.Context(), name, ids, 0)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var wanted struct{ Lossy, Again float64 }
		if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.lossy, b.again = wanted.Lossy, wanted.Again
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
