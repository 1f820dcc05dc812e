using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>
/// A stand-in for a model, so that turns take their time and a kill finds them at work: an OpenAI-compatible endpoint on this machine that says word by word what
/// the user's last message was. https://platform.openai.com/docs/api-reference/chat-streaming
/// </summary>
internal sealed class EchoModel : IAsyncDisposable
{
    /// <summary>The name of the model.</summary>
    public const string Name = "echo";

    private const string Prefix = "You said:";

    private static readonly TimeSpan WordEvery = TimeSpan.FromMilliseconds(20);

    private readonly HttpListener _listener;
    private readonly TimeProvider _time;
    private readonly Task _serving;

    private EchoModel(HttpListener listener, Uri endpoint, TimeProvider time)
    {
        (_listener, Endpoint, _time) = (listener, endpoint, time);
        _serving = ServeAsync();
    }

    /// <summary>Where it is.</summary>
    public Uri Endpoint { get; }

    /// <summary>The answer to a message.</summary>
    public static string AnswerTo(string message) => $"{Prefix} {message}";

    /// <summary>Starts one on a free port.</summary>
    public static EchoModel Start(TimeProvider time)
    {
        var port = FreePort();
        var listener = new HttpListener { IgnoreWriteExceptions = true };
        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1/"));
        listener.Start();
        return new EchoModel(listener, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1")), time);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Abort();
        await _serving;
    }

    private async Task ServeAsync()
    {
        HashSet<Task> answering = [];
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                answering.RemoveWhere(task => task.IsCompleted);
                answering.Add(AnswerAsync(context));
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(answering);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(context.Request.InputStream);
            var request = document.RootElement;
            var message = request.GetProperty("messages").EnumerateArray().Last(one => one.GetProperty("role").GetString() == "user").GetProperty("content");
            context.Response.ContentType = "text/event-stream";
            context.Response.SendChunked = true;
            await SendAsync(context, """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""");
            foreach (var word in AnswerTo(TextOf(message)).Split(' ').Select((word, n) => n == 0 ? word : $" {word}"))
            {
                await Task.Delay(WordEvery, _time);
                await SendAsync(context, $$$"""[{"index":0,"delta":{"content":"{{{JsonEncodedText.Encode(word)}}}"},"finish_reason":null}]""");
            }

            await SendAsync(context, """[{"index":0,"delta":{},"finish_reason":"stop"}]""");
            await context.Response.OutputStream.WriteAsync("data: [DONE]\n\n"u8.ToArray());
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // Who has asked was killed: nobody is there to be told.
            context.Response.Abort();
        }
    }

    private static async Task SendAsync(HttpListenerContext context, string choices)
    {
        var chunk = $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"{{Name}}","choices":{{choices}}}""";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"{chunk}\n\n"));
        await context.Response.OutputStream.FlushAsync();
    }

    // A text, or a list of parts of which some are text.
    private static string TextOf(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(content.EnumerateArray().Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString()));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
