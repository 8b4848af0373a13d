module github.com/gradus-ad/gradus

go 1.26
