using System.Security.Cryptography;
using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>What is asked for: the whole request, in memory.</summary>
/// <param name="Resource">What is paid for.</param>
/// <param name="Body">The body's bytes.</param>
/// <param name="Method">Of the request.</param>
/// <param name="BodyHash">SHA-256 of the body, 64 lower case hex digits.</param>
/// <param name="Caller">Who asks.</param>
internal sealed record PaidRequest(ResourceInfo Resource, ArraySegment<byte> Body, string Method, string BodyHash, string? Caller)
{
    private const int ChunkBytes = 16_384;

    /// <summary>Reads a request, whose body can be read again afterwards. Null when it is longer than is taken.</summary>
    public static async Task<PaidRequest?> ReadAsync(HttpContext context, X402Options options)
    {
        var request = context.Request;
        var url = $"{options.PublicUrl.TrimEnd('/')}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        if (url.Length > X402Limits.MaxTextLength || await ReadBodyAsync(request, options.MaxRequestBytes, context.RequestAborted).ConfigureAwait(false) is not { } body)
            return null;
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var paid = new PaidRequest(new ResourceInfo(url, Describe(context.GetEndpoint()) ?? options.Description), body, request.Method, hash, options.Caller(context));
        paid.Rewind(context);
        return paid;
    }

    /// <summary>The body can be read from its beginning, also by one whose earlier reader has closed it.</summary>
    public void Rewind(HttpContext context) => context.Request.Body = new MemoryStream(Body.Array!, Body.Offset, Body.Count, writable: false);

    /// <summary>What a payment is used for by this request.</summary>
    public PaymentUse UseOf(ExactEvmPayment payment) => new(Method, Resource.Url, BodyHash, Caller, payment.CalculateFingerprint());

    private static string? Describe(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IEndpointDescriptionMetadata>()?.Description ?? endpoint?.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary;

    private static async Task<ArraySegment<byte>?> ReadBodyAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            return null;
        using var body = new MemoryStream();
        var chunk = new byte[ChunkBytes];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > maxBytes)
                return null;
            body.Write(chunk, 0, read);
        }

        return new ArraySegment<byte>(body.GetBuffer(), 0, (int)body.Length);
    }
}
