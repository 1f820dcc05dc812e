namespace AgentMesh.Sidecar.Invocation;

/// <summary>Something that can be invoked: a process of an app, or a foreign host.</summary>
internal interface IInvocationTarget
{
    /// <summary>The caller's request as the target gets it.</summary>
    /// <param name="original">The caller's.</param>
    /// <param name="content">Its body; null when it has none.</param>
    /// <param name="pathAndQuery">Begins with a slash.</param>
    HttpRequestMessage CreateRequest(HttpRequest original, HttpContent? content, string pathAndQuery);

    /// <summary>Sends; completes when the answer's headers are there.</summary>
    /// <exception cref="HttpRequestException">The target was not reached or broke off.</exception>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
