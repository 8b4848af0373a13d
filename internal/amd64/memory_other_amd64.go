//go:build !darwin && !linux && !windows

package amd64

import "errors"

func mapPages(int) (mapping, error) { return nil, errors.New("no executable memory on this system") }

func (m mapping) protect() error { return nil }

func (m mapping) unprotect() error { return nil }

func (m mapping) unmap() {}
