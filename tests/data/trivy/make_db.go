// Writes a vulnerability database that Trivy reads, from a JSON file of its buckets.
// On Debian: apt-get install golang-go golang-github-coreos-bbolt-dev, then in this folder
//
//	export GOPATH=/usr/share/gocode GO111MODULE=off
//	go run make_db.go advisories.json trivy.db
//	go run make_db.go nothing.json nothing.db
//
// The layout is that of schema version 2 of trivy-db (pkg/db): `vulnerability` and
// `data-source` hold values, every other bucket is a source that holds a bucket per package.
package main

import (
	"encoding/json"
	"log"
	"os"

	bolt "go.etcd.io/bbolt"
)

type object = map[string]interface{}

// values are the buckets whose entries are values at once.
var values = map[string]bool{"vulnerability": true, "data-source": true}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: make_db CONTENT.json DATABASE")
	}
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var content object
	check(json.Unmarshal(text, &content))
	check(os.RemoveAll(os.Args[2]))
	db, err := bolt.Open(os.Args[2], 0o644, nil)
	check(err)
	check(db.Update(func(tx *bolt.Tx) error {
		for name, entries := range content {
			bucket, err := tx.CreateBucket([]byte(name))
			check(err)
			fill(bucket, entries.(object), values[name])
		}
		return nil
	}))
	check(db.Close())
}

func fill(bucket *bolt.Bucket, entries object, flat bool) {
	for key, value := range entries {
		if flat {
			text, err := json.Marshal(value)
			check(err)
			check(bucket.Put([]byte(key), text))
			continue
		}
		inner, err := bucket.CreateBucket([]byte(key))
		check(err)
		fill(inner, value.(object), true)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
