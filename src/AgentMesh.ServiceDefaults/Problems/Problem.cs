using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentMesh.Primitives;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.ServiceDefaults.Problems;

/// <summary>The one writer of problem details (RFC 9457).</summary>
public static class Problem
{
    /// <summary>The media type of problem details.</summary>
    public const string ContentType = "application/problem+json";

    // Relaxed: the answer is JSON with nosniff, never HTML, and people read it with curl.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with a refusal. Headers set before (CORS, <c>Allow</c>) stay.</summary>
    /// <param name="context">The request, not answered yet.</param>
    /// <param name="refusal">Code and detail; both are shown.</param>
    /// <param name="errors">What is wrong by member of the request; null when it is not about members.</param>
    public static Task WriteAsync(HttpContext context, Refusal refusal, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        context.Features.Set(refusal);
        var type = ProblemTypes.Of(refusal.Code);
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, ProblemTypes.UriPrefix + refusal.Code);
            json.WriteString("title"u8, type.Title);
            json.WriteNumber("status"u8, type.Status);
            json.WriteString("detail"u8, refusal.Detail);
            json.WriteString("traceId"u8, TraceId(context));
            foreach (var (name, value) in refusal.Members)
                json.WriteString(name, value);
            if (errors is not null)
                WriteErrors(json, errors);
            json.WriteEndObject();
        }

        var response = context.Response;
        response.StatusCode = type.Status;
        response.ContentType = ContentType;
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        if (type.RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    /// <summary>What a request was refused with; null: it was not, or not yet.</summary>
    public static Refusal? RefusalOf(HttpContext context) => context.Features.Get<Refusal>();

    /// <summary>What connects an answer with the logs and traces of all services it went through.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyDictionary<string, string[]> errors)
    {
        json.WriteStartObject("errors"u8);
        foreach (var (member, messages) in errors)
        {
            json.WriteStartArray(member);
            foreach (var message in messages)
                json.WriteStringValue(message);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
