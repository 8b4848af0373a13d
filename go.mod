module github.com/gradus-ad/gradus

go 1.26

require (
	github.com/google/go-cmp v0.7.0
	golang.org/x/sys v0.40.0
	gonum.org/v1/gonum v0.17.0
	pgregory.net/rapid v1.3.0
)

require golang.org/x/tools v0.30.0 // indirect
