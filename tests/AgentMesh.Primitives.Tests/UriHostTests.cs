namespace AgentMesh.Primitives.Tests;

public sealed class UriHostTests
{
    [Theory]
    [InlineData("https://shop.example/", "shop.example")]
    [InlineData("https://bücher.example/", "xn--bcher-kva.example")]
    [InlineData("https://[::1]:8080/", "::1")]
    [InlineData("https://xn--ü.example/", null)]
    public void AsciiForm_IsWhatIsLookedUp_OrNone(string url, string? host) => Assert.Equal(host, UriHost.AsciiForm(new Uri(url)));
}
