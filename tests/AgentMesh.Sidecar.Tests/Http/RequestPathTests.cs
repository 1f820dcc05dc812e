using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.Tests.Http;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/", "")]
    [InlineData("//v1.0/healthz", "v1.0|healthz")]
    [InlineData("//v1.0//actors/T/default:alice/state/head", "v1.0|actors|T|default:alice|state|head")]
    [InlineData("/v1.0/healthz/", "v1.0|healthz")]
    [InlineData("/a/./b/../c?x=/y", "a|c")]
    [InlineData("/../../a", "a")]
    [InlineData("/a%2Fb/c+d", "a%2Fb|c+d")]
    [InlineData("http://host:1/v1.0/healthz", "v1.0|healthz")]
    [InlineData("http://host", "")]
    [InlineData("/v1.0/invoke/http://host:1/method/x", "v1.0|invoke|http:|host:1|method|x")]
    [InlineData("/v1.0/invoke/app/method/http://host/x", "v1.0|invoke|app|method|http:|host|x")]
    public void Split_ReadsPathsAsDaprdDoes(string target, string segments) => Assert.Equal(segments, string.Join('|', RequestPath.Split(target)!));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Split_BoundsTheSegments(int count, bool fits) =>
        Assert.Equal(fits, RequestPath.Split(string.Concat(Enumerable.Repeat("/a", count))) is not null);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a+b%20c", "a b c")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("%2e%2e", "..")]
    public void Unescape_IsAQueryUnescape(string segment, string text) => Assert.Equal(text, RequestPath.Unescape(segment));
}
