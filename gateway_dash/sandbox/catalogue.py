"""The providers, models and paths that the invented logs go to, with prices, sizes and speeds of a likely order."""

from dataclasses import dataclass

JSON, EVENTS, FORM = "application/json", "text/event-stream", "multipart/form-data"
TEXT, EMBED, IMAGE, SPEECH = "Text Generation", "Text Embeddings", "Text-to-Image", "Automatic Speech Recognition"


@dataclass(frozen=True)
class Target:
    """One place that calls go to; `shape` is how its bodies are written."""

    weight: int
    provider: str
    model: str
    path: str
    shape: str
    tokens: tuple[int, int] = (700, 260)  # typical, in and out
    duration_ms: int = 2200
    dollars: tuple[float, float] = (0.15, 0.6)  # for a million tokens, in and out
    model_type: str | None = None
    request_type: str = "universal"
    gateways: tuple[str, ...] = ("prod-edge", "staging")

    @property
    def request_content_type(self) -> str:
        return FORM if self.shape == "transcription" else JSON

    @property
    def response_content_type(self) -> str:
        if self.shape == "speech":
            return "audio/mpeg"
        return EVENTS if self.shape.endswith("_stream") else JSON


CHAT, V1_CHAT, BOTH = "chat/completions", "v1/chat/completions", ("prod-edge", "support-bot")
GEMINI, VERTEX = "v1beta/models/gemini-2.5-flash", "v1/projects/acme/locations/us-central1/publishers/google/models"
BEDROCK = "anthropic.claude-3-5-sonnet-20241022-v2:0"
NOVA = "us.amazon.nova-pro-v1:0"
LLAMA, FLUX = "@cf/meta/llama-3.1-8b-instruct", "@cf/black-forest-labs/flux-1-schnell"
GUARD = Target(0, "workers-ai", "@cf/meta/llama-guard-3-8b", "@cf/meta/llama-guard-3-8b", "workers",
               (220, 3), 190, (0.48, 0.03), TEXT, "binding")  # fmt: skip
TARGETS = (
    Target(150, "openai", "gpt-4o-mini", CHAT, "openai", gateways=BOTH),
    Target(110, "openai", "gpt-4o-mini", V1_CHAT, "openai_stream", (900, 420), 5200, gateways=BOTH),
    Target(60, "openai", "gpt-4.1-mini", CHAT, "openai_tools", (1400, 90), 1600, (0.4, 1.6), gateways=BOTH),
    Target(70, "openai", "gpt-5-mini", "responses", "responses", (1100, 700), 7400, (0.25, 2.0)),
    Target(25, "openai", "gpt-5.5", "v1/responses", "responses", (4200, 1300), 21000, (2.5, 15.0)),
    Target(20, "openai", "openai/gpt-4o-mini", CHAT, "openai"),
    Target(55, "openai", "text-embedding-3-small", "embeddings", "embeddings", (310, 0), 240, (0.02, 0.0)),
    Target(6, "openai", "gpt-image-1", "images/generations", "image", (60, 4100), 24000, (5.0, 40.0)),
    Target(9, "openai", "whisper-1", "audio/transcriptions", "transcription", (0, 210), 3900, (0.0, 0.0)),
    Target(120, "anthropic", "claude-haiku-4-5", "v1/messages", "anthropic",
           (1200, 310), 2900, (1.0, 5.0), gateways=BOTH),
    Target(80, "anthropic", "claude-sonnet-4-5", "v1/messages", "anthropic_stream", (3800, 900), 14000, (3.0, 15.0)),
    Target(35, "anthropic", "claude-sonnet-4-5", "v1/messages", "anthropic_tools", (5200, 180), 5200, (3.0, 15.0)),
    Target(12, "anthropic", "claude-opus-4-8", "v1/messages", "anthropic", (9000, 1500), 31000, (5.0, 25.0)),
    Target(70, "workers-ai", LLAMA, LLAMA, "workers", (420, 180), 1300, (0.28, 0.83), TEXT, "binding"),
    Target(30, "workers-ai", "@cf/meta/llama-3.2-3b-instruct", V1_CHAT, "workers_stream",
           (300, 150), 1100, (0.05, 0.34), TEXT),
    Target(60, "workers-ai", "@cf/baai/bge-m3", "@cf/baai/bge-m3", "workers_embeddings",
           (20, 0), 120, (0.012, 0.0), EMBED, "binding"),
    Target(4, "workers-ai", FLUX, f"run/{FLUX}", "workers_image", (0, 0), 3100, (0.0, 0.0), IMAGE),
    Target(45, "google-ai-studio", "gemini-2.5-flash", f"{GEMINI}:generateContent", "google",
           (800, 420), 2600, (0.3, 2.5)),
    Target(25, "google-ai-studio", "gemini-2.5-flash", f"{GEMINI}:streamGenerateContent?alt=sse", "google_stream",
           (900, 600), 5100, (0.3, 2.5)),
    Target(12, "google-vertex-ai", "google/gemini-2.5-pro", f"{VERTEX}/gemini-2.5-pro:generateContent", "google",
           (5200, 1400), 18000, (1.25, 10.0)),
    Target(30, "azure-openai", "gpt-4o", "acme-eu/gpt-4o/chat/completions?api-version=2024-10-21", "openai",
           (1500, 350), 3300, (2.5, 10.0), gateways=BOTH),
    Target(18, "aws-bedrock", BEDROCK, f"bedrock-runtime/us-east-1/model/{BEDROCK}/invoke", "anthropic",
           (2100, 500), 6100, (3.0, 15.0)),
    Target(40, "groq", "llama-3.3-70b-versatile", CHAT, "openai", (600, 220), 620, (0.59, 0.79)),
    Target(22, "mistral", "mistral-large-latest", V1_CHAT, "openai", (900, 330), 3100, (2.0, 6.0)),
    Target(12, "grok", "grok-4", V1_CHAT, "openai_stream", (1600, 700), 9800, (3.0, 15.0)),
    Target(28, "deepseek", "deepseek-chat", CHAT, "openai", (1800, 520), 8200, (0.28, 0.42)),
    Target(10, "perplexity-ai", "sonar-pro", CHAT, "openai", (120, 640), 5600, (3.0, 15.0)),
    Target(16, "openrouter", "openai/gpt-4o-mini", V1_CHAT, "openai_stream", (700, 300), 3900),
    Target(10, "cohere", "command-r-plus", "v2/chat", "cohere", (950, 240), 2800, (2.5, 10.0)),
    Target(8, "cohere", "rerank-v3.5", "v1/rerank", "rerank", (0, 0), 310, (0.0, 0.0)),
    Target(14, "cerebras", "llama-3.3-70b", V1_CHAT, "openai", (500, 280), 390, (0.85, 1.2)),
    Target(3, "replicate", "stability-ai/sdxl", "v1/predictions", "prediction", (0, 0), 9200, (0.0, 0.0)),
    Target(4, "huggingface", "bigcode/starcoder", "bigcode/starcoder", "prediction", (0, 0), 2400, (0.0, 0.0)),
    Target(6, "elevenlabs", "eleven_multilingual_v2", "v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb", "speech",
           (0, 0), 1900, (0.0, 0.0)),
    Target(3, "cartesia", "sonic-2", "tts/bytes", "speech", (0, 0), 800, (0.0, 0.0)),
    Target(4, "deepgram", "nova-3", "v1/listen", "transcription", (0, 0), 1500, (0.0, 0.0)),
    Target(9, "custom-opencode-go", "deepseek-v4-flash", V1_CHAT, "openai_stream", (8800, 1200), 11000, (0.2, 0.4)),
    # Nobody goes to these by chance: they are the examples of oddities.py.
    Target(0, "deepseek", "deepseek-reasoner", CHAT, "agent", (1900, 420), 9100, (0.28, 0.42)),
    Target(0, "openai", "gpt-4.1-mini", CHAT, "misfit", (260, 40), 1100, (0.4, 1.6)),
    Target(0, "openai", "gpt-4o-mini", V1_CHAT, "broken_stream", (700, 300), 6100),
    Target(0, "openai", "gpt-4.1-mini", V1_CHAT, "cut_call_stream", (260, 40), 2300, (0.4, 1.6)),
    Target(0, "anthropic", "claude-sonnet-4-5", "v1/messages", "anthropic_agent", (3900, 350), 7200, (3.0, 15.0)),
    Target(0, "openai", "gpt-5-mini", "v1/responses", "responses_agent", (1500, 600), 8300, (0.25, 2.0)),
    Target(0, "google-ai-studio", "gemini-2.5-flash", f"{GEMINI}:generateContent", "google_agent",
           (1200, 380), 3100, (0.3, 2.5)),
    Target(0, "aws-bedrock", NOVA, f"bedrock-runtime/us-east-1/model/{NOVA}/converse", "converse",
           (1700, 160), 2900, (0.8, 3.2)),
    Target(0, "cohere", "command-a-03-2025", "v2/chat", "cohere_cited", (340, 30), 1500, (2.5, 10.0)),
    Target(0, "openai", "gpt-image-1", "images/generations", "painted", (40, 1100), 11000, (5.0, 40.0)),
)  # fmt: skip
USER_AGENTS = (
    "OpenAI/Python 2.6.1", "OpenAI/JS 6.7.0", "Anthropic/JS 0.68.0", "Anthropic/Python 0.72.0", "node",
    "python-httpx/0.28.1", "curl/8.5.0", "acme-support/3.2 (+https://acme.example)",
)  # fmt: skip
STATUSES = (*(429,) * 30, *(400,) * 15, *(401,) * 7, *(500,) * 5, *(502,) * 3, *(503,) * 3, 402, 408, 404, 404, 424)
PLACES = (
    ("ENAM", "IAD"), ("ENAM", "EWR"), ("WNAM", "SJC"), ("WEUR", "LHR"), ("WEUR", "FRA"), ("WEUR", "AMS"),
    ("EEUR", "WAW"), ("APAC", "NRT"), ("APAC", "SIN"), ("OC", "SYD"),
)  # fmt: skip
