#!/bin/sh
# Makes the screens of this folder anew, as text and as pictures, with the program itself.
# Usage: docs/dashboard/make.sh [PROGRAM], from the root of the repository.
set -eu
overhear=${1:-target/debug/overhear}
home=$(mktemp -d)
trap 'rm -r "$home"' EXIT
printf '%064d' 0 >"$home/key"

screen() { # NAME KEYS COMMAND…
    name=$1 keys=$2
    shift 2
    for end in txt svg; do
        XDG_STATE_HOME=$home XDG_CONFIG_HOME=$home TERM=xterm "$overhear" "$@" \
            --dashboard --keys "$keys" --picture-size 100x28 --picture "docs/dashboard/$name.$end"
    done
}

office() { screen "$1" "$2" read --key "$home/key" testdata/traces/irc_office.pcap; }
worm() { screen "$1" "$2" replay testdata/streams/worm.jsonl; }
services() { screen "$1" "$2" read --key "$home/key" testdata/traces/irc_services.pcap; }

office overview 1
office conversations 2
office ladder '2 j enter'
office bytes '2 j enter b y'
services credentials 3
worm outbreaks 4
worm tree '4 enter pagedown'
services account '5 enter'
office file '6 enter'
services findings 7
services finding '7 enter'
office health 8
office help '2 ?'
office cursor '0 > > > 2'
office private 'X 2 enter'
