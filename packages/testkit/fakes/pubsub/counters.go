package main

import "sync"

// counters are what a subscription has seen since the process started.
type counters struct {
	mu sync.Mutex

	Delivered       int `json:"delivered"`
	Acked           int `json:"acked"`
	Nacked          int `json:"nacked"`
	Extended        int `json:"extended"`
	Outstanding     int `json:"outstanding"`
	MostOutstanding int `json:"mostOutstanding"`
	Streams         int `json:"streams"`

	opened int
	holder map[string]holding // by pstest's id of the message
	holds  map[int]int        // by stream
}

// holding is one delivery: an earlier one of the same message is over with it.
type holding struct {
	stream int
	ackID  string
}

func (b *broker) of(subscription string) *counters {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := b.counts[subscription]
	if found == nil {
		found = &counters{holder: map[string]holding{}, holds: map[int]int{}}
		b.counts[subscription] = found
	}
	return found
}

// open takes note of a stream.
func (c *counters) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened++
	c.Streams++
	return c.opened
}

// close takes note of the end of a stream; what it holds is redelivered when its deadline has passed.
func (c *counters) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Streams--
}

// held is what is delivered and neither acknowledged nor given back, by subscription.
func (b *broker) held() map[string][]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string][]string{}
	for name, counts := range b.counts {
		counts.mu.Lock()
		for _, one := range counts.holder {
			all[name] = append(all[name], one.ackID)
		}
		counts.mu.Unlock()
	}
	return all
}

func (c *counters) holdsOf(stream int) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(c.holds[stream])
}

func (c *counters) delivered(id string) { c.deliveredTo(0, id) }

func (c *counters) deliveredTo(stream int, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Delivered++
	if before, held := c.holder[messageOf(id)]; held {
		c.settle(before.ackID)
	}
	c.holder[messageOf(id)] = holding{stream, id}
	c.holds[stream]++
	c.Outstanding++
	c.MostOutstanding = max(c.MostOutstanding, c.Outstanding)
}

func (c *counters) acked(ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Acked += len(ids)
	for _, id := range ids {
		c.settle(id)
	}
}

func (c *counters) nacked(ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Nacked += len(ids)
	for _, id := range ids {
		c.settle(id)
	}
}

func (c *counters) extended(count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Extended += count
}

func (c *counters) settle(id string) {
	one, held := c.holder[messageOf(id)]
	if !held || one.ackID != id {
		return
	}
	delete(c.holder, messageOf(id))
	c.holds[one.stream]--
	c.Outstanding--
}
