using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;
using Microsoft.Net.Http.Headers;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// Reads a JSON body so that whatever is sent ends in a value or in a 4xx problem. ASP.NET Core's own binding answers without our
/// problem type and, for some bodies, with 500.
/// </summary>
internal static class JsonRequest
{
    private static readonly Refusal NotJson = new(
        EdgeRefusals.UnsupportedMediaType, "Send the body as Content-Type: application/json in UTF-8, without Content-Encoding.");

    private static readonly Refusal Empty = new(EdgeRefusals.InvalidJson, "The body is empty; a JSON object is expected.");

    private static readonly Refusal NotUtf8 = new(EdgeRefusals.InvalidJson, "The body is not UTF-8.");

    private static readonly Refusal NotObject = new(EdgeRefusals.InvalidRequest, "The body must be a JSON object.");

    /// <summary>True when the headers declare JSON in UTF-8. Otherwise the request has been answered.</summary>
    public static async ValueTask<bool> IsDeclaredAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContentType is [{ } type] && IsJson(type) && headers.ContentEncoding.Count == 0)
            return true;
        await Problem.WriteAsync(context, NotJson);
        return false;
    }

    /// <summary>
    /// The body as a record, of headers that declare JSON and valid by the validator of its type; null when the request has been answered with a problem.
    /// </summary>
    public static async ValueTask<T?> ReadDeclaredAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        await IsDeclaredAsync(context) ? await ReadAsync(context, type, context.RequestServices.GetRequiredService<IValidator<T>>()) : null;

    /// <summary>The body as a valid record, or null when the request has been answered with a problem.</summary>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, IValidator<T> validator)
        where T : class
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.IsRefused)
        {
            await Problem.WriteAsync(context, body.Refusal);
            return null;
        }

        // Rented when the body came in pieces: the reader of JSON wants one.
        var (value, refusal, errors) = body.Value.IsSingleSegment ? Parse(body.Value.FirstSpan, type) : ParseCopy(body.Value, type);
        RequestBody.Release(context, body.Value);
        if (value is not null)
            (refusal, errors) = Validate(value, validator);
        if (refusal is null)
            return value;
        await Problem.WriteAsync(context, refusal, errors);
        return null;
    }

    private static (T? Value, Refusal? Refusal, Dictionary<string, string[]>? Errors) ParseCopy<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        var length = (int)body.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(rented);
            return Parse(rented.AsSpan(0, length), type);
        }
        finally
        {
            // Cleared: it held what a user said.
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static (T? Value, Refusal? Refusal, Dictionary<string, string[]>? Errors) Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (body.IsEmpty)
            return (null, Empty, null);
        // The JSON reader looks at the bytes of strings only when they are used; two readers must not disagree about a body.
        if (!Utf8.IsValid(body))
            return (null, NotUtf8, null);
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value ? (value, null, null) : (null, NotObject, null);
        }
        catch (JsonException exception)
        {
            return Refuse<T>(exception);
        }
    }

    private static (T? Value, Refusal? Refusal, Dictionary<string, string[]>? Errors) Refuse<T>(JsonException exception)
        where T : class
    {
        // Not the exception's own message: its words are no contract. Syntax errors are of a type of their own, which is internal to
        // System.Text.Json and derives from JsonException.
        if (exception.InnerException is JsonException || exception.GetType() != typeof(JsonException))
        {
            var at = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
            return (null, new Refusal(EdgeRefusals.InvalidJson, $"The body is not valid JSON of at most {RequestJson.MaxDepth} levels, at {at}."), null);
        }

        if (exception.Path is not { Length: > 2 } path || !path.StartsWith("$.", StringComparison.Ordinal))
            return (null, NotObject, null);
        var member = path[2..];
        var message = $"{member} must be one string of valid Unicode.";
        return (null, new Refusal(EdgeRefusals.InvalidRequest, message), new() { [member] = [message] });
    }

    private static (Refusal? Refusal, Dictionary<string, string[]>? Errors) Validate<T>(T value, IValidator<T> validator)
    {
        var result = validator.Validate(value);
        if (result.IsValid)
            return default;
        var first = result.Errors[0];
        var errors = result.Errors
            .GroupBy(error => JsonNamingPolicy.CamelCase.ConvertName(error.PropertyName), error => error.ErrorMessage)
            .ToDictionary(group => group.Key, group => group.ToArray());
        return (new Refusal(first.ErrorCode, first.ErrorMessage), errors);
    }

    private static bool IsJson(string contentType)
    {
        if (contentType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return true;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !type.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
            || !type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) && !type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var parameter in type.Parameters)
        {
            if (parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
                && !HeaderUtilities.RemoveQuotes(parameter.Value).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
