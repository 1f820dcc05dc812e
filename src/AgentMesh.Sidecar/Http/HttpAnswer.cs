using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentMesh.Sidecar.Http;

/// <summary>
/// An answer of the API that is complete. ASP.NET's own results ask the service container for a logger with each answer, and this is
/// the message path.
/// </summary>
/// <param name="status">HTTP status.</param>
/// <param name="body">Null: none at all.</param>
internal sealed class HttpAnswer(int status, ReadOnlyMemory<byte>? body) : IResult
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Success with nothing to tell.</summary>
    public static readonly HttpAnswer NoContent = new(StatusCodes.Status204NoContent, null);

    /// <summary>Without a content type the body is JSON.</summary>
    public IHeaderDictionary? Headers { get; init; }

    public static IResult Done(DaprError? error) => error is null ? NoContent : error;

    public static HttpAnswer Json(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) => new(status, WriteJson(write));

    /// <summary>A document as the sidecar writes it, to whomever.</summary>
    public static ReadOnlyMemory<byte> WriteJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
            write(json);
        return buffer.WrittenMemory;
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        if (Headers is not null)
        {
            foreach (var (name, values) in Headers)
                response.Headers[name] = values;
        }

        if (body is not { } bytes)
            return Task.CompletedTask;
        response.ContentType ??= "application/json";
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }
}
