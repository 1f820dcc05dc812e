// Before the first paint, so that a page of the other theme does not flash.
const theme = localStorage.getItem('agentmesh.theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
