module github.com/gradus-ad/gradus/bench

go 1.26

require (
	github.com/gradus-ad/gradus v0.0.0
	gonum.org/v1/gonum v0.17.0
)

require golang.org/x/sys v0.40.0 // indirect

replace github.com/gradus-ad/gradus => ../
