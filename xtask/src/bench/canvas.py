# One clip into the shape of a protected master, the way moviepy's own documentation does it: IN OUT.
import sys

from moviepy import CompositeVideoClip, VideoFileClip, afx

source, target = sys.argv[1:]
clip = VideoFileClip(source)
scale = min(1280 / clip.w, 720 / clip.h)
sized = clip.resized((round(clip.w * scale / 2) * 2, round(clip.h * scale / 2) * 2)).with_position("center")
film = CompositeVideoClip([sized], size=(1280, 720)).with_duration(clip.duration)
if clip.audio is not None:
    # It normalises peaks only; there is no measure of loudness in it.
    film = film.with_audio(clip.audio.with_effects([afx.AudioNormalize()]))
film.write_videofile(
    target, fps=30, codec="libx264", preset="veryfast", audio_codec="aac", audio_fps=48000, threads=1, logger=None,
    ffmpeg_params=["-crf", "20", "-pix_fmt", "yuv420p"],
)
