#!/bin/sh
# What the codebook is learned from: speak.sh FOLDER. Needs flite, espeak-ng and ffmpeg (Debian).
set -eu
here=$(dirname "$0")
mkdir -p "$1/people" "$1/sounds"
raw() { ffmpeg -nostdin -v error -y -f wav -i "$1" -ar 16000 -ac 1 -f f32le "$2"; rm "$1"; }
for voice in awb kal16 rms slt; do
    flite -voice "$voice" -f "$here/en.txt" -o "$1/wav"
    raw "$1/wav" "$1/people/$voice.f32"
done
for language in ar fa; do
    espeak-ng -v "$language" -f "$here/$language.txt" -w "$1/wav"
    raw "$1/wav" "$1/sounds/$language.f32"
done
