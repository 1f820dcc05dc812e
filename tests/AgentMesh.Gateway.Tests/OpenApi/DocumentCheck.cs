using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>
/// Stands between a test and the gateway: each answer has a status and a body that the OpenAPI document has, and what is done was asked for as the document has it.
/// So every test of the pipeline is one of the document too.
/// </summary>
internal sealed partial class DocumentCheck : DelegatingHandler
{
    private const int ClientClosedRequest = 499;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = OfTenant().Replace(request.RequestUri!.AbsolutePath, "/agent/").TrimEnd('/');
        var response = await base.SendAsync(request, cancellationToken);
        // Nobody reads the answer to a request that was broken off.
        if (CommittedDocument.Find(request.Method.Method, path) is not { } operation || (int)response.StatusCode == ClientClosedRequest)
            return response;
        var about = $"{request.Method} {request.RequestUri} {(int)response.StatusCode}";
        if (response.IsSuccessStatusCode)
            await CheckRequestAsync(request, operation, about);
        var answer = CommittedDocument.FindAnswer(operation, (int)response.StatusCode);
        if (response.Content.Headers.ContentType?.MediaType is "application/json" or Problem.ContentType)
            response.Content = new CheckedContent(response.Content, (body, type) => CheckAnswer(body, type, answer, about));
        else if (answer is null)
            Fail($"{about}: the OpenAPI document has no such answer.");
        return response;
    }

    private static void CheckAnswer(ReadOnlyMemory<byte> body, string type, (JsonElement Answer, string Pointer)? answer, string about)
    {
        if (body.Length == 0)
            return;
        var value = JsonElement.Parse(body.Span);
        // A newer agent's code is passed on with 500, and known to nobody here.
        if (type == Problem.ContentType && !ProblemTypes.All.ContainsKey(value.GetProperty("type").GetString()![ProblemTypes.UriPrefix.Length..]))
            return;
        if (answer is null || !answer.Value.Answer.TryGetProperty("content", out var content) || !content.TryGetProperty(type, out _))
            Fail($"{about}: the OpenAPI document has no such answer: {value}");
        else if (CommittedDocument.WhyInvalid($"{answer.Value.Pointer}/content/{CommittedDocument.Escape(type)}/schema", value) is { } why)
            Fail($"{about}: the OpenAPI document has another answer: {why}: {value}");
    }

    private static async Task CheckRequestAsync(HttpRequestMessage request, (JsonElement Operation, string Pointer) operation, string about)
    {
        if (operation.Operation.TryGetProperty("parameters", out var parameters))
        {
            var query = QueryHelpers.ParseQuery(request.RequestUri!.Query);
            foreach (var (n, parameter) in parameters.EnumerateArray().Index())
            {
                var name = parameter.GetProperty("name").GetString()!;
                var given = parameter.GetProperty("in").GetString() switch
                {
                    "query" => query.GetValueOrDefault(name).ToArray(),
                    "header" when request.Headers.TryGetValues(name, out var values) => [.. values],
                    _ => [],
                };
                var isNumber = parameter.GetProperty("schema").GetProperty("type").GetString() == "integer";
                foreach (var value in given)
                {
                    if (CommittedDocument.WhyInvalid($"{operation.Pointer}/parameters/{n}/schema", JsonElement.Parse(isNumber ? value! : JsonSerializer.Serialize(value))) is { } why)
                        Fail($"{about}: by the OpenAPI document {name} may not be {value}: {why}");
                }
            }
        }

        // What is no JSON has no form in the document.
        if (!operation.Operation.TryGetProperty("requestBody", out var taken) || !taken.GetProperty("content").TryGetProperty("application/json", out _) || request.Content is not ByteArrayContent { Headers.ContentLength: > 0 } content)
            return;
        var body = JsonElement.Parse(await content.ReadAsByteArrayAsync());
        if (CommittedDocument.WhyInvalid($"{operation.Pointer}/requestBody/content/application~1json/schema", body) is { } whyNot)
            Fail($"{about}: by the OpenAPI document the body may not be {body}: {whyNot}");
    }

    private static void Fail(string message) => Assert.Fail(message + "\nWhat a route answers and takes is said beside it, at .Describe(…); OpenApiTests then has the command that renews the document.");

    [GeneratedRegex("^/t/[^/]+/agent/")]
    private static partial Regex OfTenant();

    /// <summary>Checks what is read as a whole. What is read as it comes is not waited for.</summary>
    private sealed class CheckedContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly Action<ReadOnlyMemory<byte>, string> _check;

        public CheckedContent(HttpContent inner, Action<ReadOnlyMemory<byte>, string> check)
        {
            (_inner, _check) = (inner, check);
            foreach (var header in inner.Headers)
                Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var body = await _inner.ReadAsByteArrayAsync(cancellationToken);
            _check(body, MediaTypeHeaderValue.Parse(_inner.Headers.ContentType!.ToString()).MediaType!);
            await stream.WriteAsync(body, cancellationToken);
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => _inner.ReadAsStreamAsync();

        protected override bool TryComputeLength(out long length)
        {
            length = _inner.Headers.ContentLength ?? 0;
            return _inner.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
