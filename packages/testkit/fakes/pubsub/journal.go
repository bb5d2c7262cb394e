package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"sync"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/encoding/protojson"
)

// journal keeps topics, subscriptions, messages and acknowledgements in a file, so that a restart loses nothing.
// It is for topics with one subscription each. All methods of a nil journal do nothing.
type journal struct {
	mu  sync.Mutex
	out *bufio.Writer
}

// entry is one line of the file.
type entry struct {
	Topic        json.RawMessage `json:"topic,omitempty"`
	Subscription json.RawMessage `json:"subscription,omitempty"`
	Gone         string          `json:"gone,omitempty"`
	Of           string          `json:"of,omitempty"`
	ID           string          `json:"id,omitempty"`
	Message      json.RawMessage `json:"message,omitempty"`
	Acked        string          `json:"acked,omitempty"`
}

// openJournal brings back what the file has, and goes on writing it.
func (b *broker) openJournal(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := b.replay(file); err != nil {
		return err
	}
	b.log = &journal{out: bufio.NewWriter(file)}
	return nil
}

func (b *broker) replay(file *os.File) error {
	ctx := context.Background()
	acked := map[string]bool{}
	var entries []entry
	for lines := json.NewDecoder(file); lines.More(); {
		var one entry
		if lines.Decode(&one) != nil {
			break // the last line of a process that was killed
		}
		entries = append(entries, one)
		acked[one.Acked] = true
	}
	for _, one := range entries {
		switch {
		case one.Topic != nil:
			topic := &pubsubpb.Topic{}
			if err := protojson.Unmarshal(one.Topic, topic); err != nil {
				return err
			}
			_, _ = b.GServer.CreateTopic(ctx, topic)
		case one.Subscription != nil:
			sub := &pubsubpb.Subscription{}
			if err := protojson.Unmarshal(one.Subscription, sub); err != nil {
				return err
			}
			_, _ = b.GServer.CreateSubscription(ctx, sub)
		case one.Gone != "":
			_, _ = b.GServer.DeleteSubscription(ctx, &pubsubpb.DeleteSubscriptionRequest{Subscription: one.Gone})
			_, _ = b.GServer.DeleteTopic(ctx, &pubsubpb.DeleteTopicRequest{Topic: one.Gone})
		case one.Message != nil && !acked[one.ID]:
			message := &pubsubpb.PubsubMessage{}
			if err := protojson.Unmarshal(one.Message, message); err != nil {
				return err
			}
			published := message.PublishTime
			res, err := b.GServer.Publish(ctx, &pubsubpb.PublishRequest{Topic: one.Of, Messages: []*pubsubpb.PubsubMessage{message}})
			if err == nil {
				b.public[res.MessageIds[0]] = one.ID
				// pstest has the message itself, which was published when it was
				message.PublishTime = published
			}
		}
	}
	return nil
}

func (j *journal) write(one entry) {
	line, err := json.Marshal(one)
	if err != nil {
		fail(err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, _ = j.out.Write(append(line, '\n'))
}

// flush hands all to the system: what is written then outlives the process.
func (j *journal) flush() {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_ = j.out.Flush()
}

func (j *journal) topic(topic *pubsubpb.Topic) {
	if j != nil {
		j.write(entry{Topic: must(protojson.Marshal(topic))})
		j.flush()
	}
}

func (j *journal) subscription(sub *pubsubpb.Subscription) {
	if j != nil {
		j.write(entry{Subscription: must(protojson.Marshal(sub))})
		j.flush()
	}
}

func (j *journal) gone(name string) {
	if j != nil {
		j.write(entry{Gone: name})
		j.flush()
	}
}

func (j *journal) published(topic, id string, message *pubsubpb.PubsubMessage) {
	if j == nil {
		return
	}
	own := &pubsubpb.PubsubMessage{Data: message.Data, Attributes: message.Attributes, OrderingKey: message.OrderingKey, PublishTime: message.PublishTime}
	j.write(entry{Of: topic, ID: id, Message: must(protojson.Marshal(own))})
}

func (j *journal) acknowledged(_, id string) {
	if j != nil && id != "" {
		j.write(entry{Acked: id})
	}
}

func must(bytes []byte, err error) []byte {
	if err != nil {
		fail(err)
	}
	return bytes
}
