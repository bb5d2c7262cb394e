package main

import (
	"context"
	"fmt"
	"regexp"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var project = regexp.MustCompile(`projects/([a-z0-9-]+)`)

// largestAttribute is the most bytes that the value of a message's attribute may have.
const largestAttribute = 1024

// tooLarge refuses a request whole for one message in it, as Google does.
func tooLarge(req any) error {
	publish, ok := req.(*pubsubpb.PublishRequest)
	if !ok {
		return nil
	}
	for _, message := range publish.Messages {
		for name, value := range message.Attributes {
			if len(value) > largestAttribute {
				return status.Errorf(codes.InvalidArgument, "The value of the attribute %s is too large.", name)
			}
		}
	}
	return nil
}

// refused answers for projects of these names as Google does, in its words.
func refused(req any) error {
	found := project.FindStringSubmatch(fmt.Sprint(req))
	if found == nil {
		return nil
	}
	switch found[1] {
	case "no-such-project":
		return status.Errorf(codes.NotFound, "Requested project not found or user does not have access to it (project=%s). "+
			"Make sure to specify the unique project identifier and not the Google Cloud Console display name.", found[1])
	case "forbidden-project":
		return status.Error(codes.PermissionDenied, "User not authorized to perform this action.")
	case "expired-credentials":
		return status.Error(codes.Unauthenticated, "Request had invalid authentication credentials. Expected OAuth 2 access token, "+
			"login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.")
	case "spent-quota":
		return status.Error(codes.ResourceExhausted, "Quota exceeded for quota metric 'Administrator operations' of service 'pubsub.googleapis.com'.")
	}
	return nil
}

func refuseUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if err := refused(req); err != nil {
		return nil, err
	}
	if err := tooLarge(req); err != nil {
		return nil, err
	}
	return handle(ctx, req)
}

func refuseStream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	return handle(srv, &judged{stream})
}

// judged is a stream each of whose requests is looked at.
type judged struct{ grpc.ServerStream }

func (s *judged) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return refused(m)
}
