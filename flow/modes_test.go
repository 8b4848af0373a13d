package flow_test

import "github.com/gradus-ad/gradus/internal/agree"

type function = agree.Function
